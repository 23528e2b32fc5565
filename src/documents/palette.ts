/** Colours of the flag on warm paper. Contrast of text to its ground is at least 4.5 to 1. */
export const PALETTE = {
  paper: '#fffaf0',
  ink: '#2b1d14',
  soft: '#6b5344',
  red: '#a3161a',
  deepRed: '#7c0d12',
  gold: '#d9a521',
  paleGold: '#f6e3b0',
  track: '#efe3cf',
  white: '#ffffff',
} as const;
