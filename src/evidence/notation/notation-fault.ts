/** What is wrong with a signature, as the outcome says it. Never leaves src/evidence/notation. */
export class NotationFault extends Error {
  readonly state: 'invalid' | 'unsupported' | 'untrusted';

  constructor(reason: string, state: NotationFault['state'] = 'invalid', cause?: unknown) {
    super(reason, { cause });
    this.state = state;
  }
}

/** What a library or Node throws for bytes that it cannot read, as a fault that says what could not be read. */
export function faultOf(thrown: unknown, what: string): NotationFault {
  if (thrown instanceof NotationFault) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new NotationFault(`${what}: ${message}`, 'invalid', thrown);
}
