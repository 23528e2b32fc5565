/** A share of people held against the least one. */
import { formatNumber } from '../kernel/format.js';

/** A share that was told: counts, or percent directly. */
export type ToldShare = { readonly part: number; readonly whole: number } | { readonly percent: number };

export interface ComparedShare {
  readonly isEnough: boolean;
  /** "8/12 = 66,7 % < 70 %". */
  readonly sum: string;
}

const MOST_DECIMALS = 6;

/** Compares a share with the least one in percent; what is less is never shown as equal. */
export function compareShare(told: ToldShare, least: number): ComparedShare {
  const percent = 'percent' in told ? told.percent : (told.part / told.whole) * 100;
  // Counts are compared as whole numbers.
  const isEnough = 'percent' in told ? percent >= least : told.part * 100 >= least * told.whole;
  let decimals = 1;
  while (!isEnough && decimals < MOST_DECIMALS && Number(percent.toFixed(decimals)) >= least) decimals += 1;
  const counts = 'percent' in told ? '' : `${String(told.part)}/${String(told.whole)} = `;
  return {
    isEnough,
    sum: `${counts}${formatNumber(percent, decimals)} % ${isEnough ? '≥' : '<'} ${formatNumber(least)} %`,
  };
}
