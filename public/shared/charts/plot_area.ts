/** Pixels to the left of what is drawn over time, for names of lanes and values: charts one above the other begin alike. */
export const LABEL_WIDTH = 160;
