/** Both languages have two forms, and the same rule for whole numbers. */
export const plural = (n: number, one: string, many: string): string => (n === 1 ? one : many);
