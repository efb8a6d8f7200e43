import fc from 'fast-check';

/**
 * fast-check with one seed for all of a run's properties, the number in SEED. Without one it is always the same, so that
 * a run that passed passes again on the same code; `npm run fuzz` gives another one to each of its runs.
 */
const { SEED = '20261122' } = process.env;
const seed = Number(SEED);
if (!Number.isInteger(seed)) throw new RangeError(`SEED is ${JSON.stringify(SEED)}: give an integer`);
fc.configureGlobal({ seed });

export { fc };
