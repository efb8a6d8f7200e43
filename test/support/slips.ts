import { fc } from './fast-check.ts';

/** The text with up to three characters taken out, put in, or changed for others. */
export function slipsOf(text: string, characters = 'ABab09+/=- \n\r{}":,'): fc.Arbitrary<string> {
  const slip = fc.record({
    at: fc.nat(Math.max(0, text.length - 1)),
    how: fc.constantFrom('take', 'put', 'change'),
    one: fc.oneof(fc.constantFrom(...characters), fc.string({ minLength: 1, maxLength: 1, unit: 'binary' })),
  });
  return fc.array(slip, { minLength: 1, maxLength: 3 }).map((slips) =>
    slips.reduce((slipped, { at, how, one }) => {
      const rest = slipped.slice(how === 'put' ? at : at + 1);
      return `${slipped.slice(0, at)}${how === 'take' ? '' : one}${rest}`;
    }, text),
  );
}
