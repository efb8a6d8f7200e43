import { CodedError } from '../../errors/coded-error.ts';

/** Something else stands where a download goes; it is never overwritten. */
export function conflict(what: string): CodedError {
  return new CodedError('download-conflict', `download: ${what}`, {
    hint: 'Remove it, or give another folder. A symbolic link is never followed below the download folder.',
  });
}

/** What the file system threw, as `download-failed`; coded errors as they are. */
export function downloadError(thrown: unknown): unknown {
  if (thrown instanceof CodedError || !(thrown instanceof Error) || !('syscall' in thrown)) return thrown;
  return new CodedError('download-failed', `download: ${thrown.message}`, {
    cause: thrown,
    hint: 'Check the room and the permissions of the download folder.',
  });
}
