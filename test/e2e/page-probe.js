/* global document, window, getComputedStyle -- runs inside the page */

/** What a test asks of the page from within it. */
window.probe = {
  /** The texts of the bubbles, top to bottom, each with the hand it came from. */
  bubbles: () =>
    Array.from(document.querySelectorAll('.item'), (item) => {
      const words = item.querySelector('.words');
      return `${item.classList.contains('mine') ? 'me' : 'bot'}: ${words ? words.textContent : ''}`;
    }),

  /** How many pixels stick out sideways, of the page and of the conversation. */
  overflow: () => {
    const scroll = document.getElementById('scroll');
    return Math.max(document.documentElement.scrollWidth - window.innerWidth, scroll.scrollWidth - scroll.clientWidth);
  },

  /** Controls that a screen reader has no name for. */
  nameless: () =>
    Array.from(document.querySelectorAll('button, a, input, textarea'))
      .filter((node) => node.offsetParent !== null && !node.closest('[aria-hidden="true"]'))
      .filter((node) => {
        const label = node.getAttribute('aria-label') || (node.labels && node.labels[0] && node.labels[0].textContent);
        return (label || node.textContent).trim() === '';
      })
      .map((node) => node.outerHTML),

  /** Visible texts whose contrast with what lies behind them is under 4.5 to 1. */
  lowContrast: () => {
    const bad = [];
    for (const node of document.querySelectorAll('body *')) {
      const own = Array.from(node.childNodes).some((child) => child.nodeType === 3 && child.textContent.trim());
      const box = node.getBoundingClientRect();
      if (!own || box.width < 2 || box.height < 2 || node.closest('.pending, [disabled], script')) continue;
      const back = behind(node);
      if (back === null) continue;
      const [a, b] = [light(getComputedStyle(node).color), light(back)];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) bad.push(`${node.tagName}.${node.className}: ${ratio.toFixed(2)}`);
    }
    return bad;
  },

  animations: () => Array.from(document.querySelectorAll('.dots i'), (dot) => getComputedStyle(dot).animationDuration),
};

const channels = (color) => (color.match(/[\d.]+/g) || []).map(Number);

function light(color) {
  const [r, g, b] = channels(color)
    .slice(0, 3)
    .map((value) => value / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The colour behind an element; null before a gradient. */
function behind(from) {
  for (let node = from; node; node = node.parentElement) {
    const style = getComputedStyle(node);
    if (style.backgroundImage !== 'none') return null;
    const alpha = channels(style.backgroundColor)[3];
    if (alpha === undefined || alpha === 1) return style.backgroundColor;
  }
  return 'rgb(255, 255, 255)';
}
