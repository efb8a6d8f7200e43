import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PendingRequests } from '../../src/net/pending-requests.ts';

const put = {
  method: 'PUT',
  url: new URL('https://user:secret@r.example/v2/a/manifests/t?_state=key'),
  attempt: 1,
} as const;
const get = { method: 'GET', url: new URL('https://r.example/v2/a/manifests/t'), attempt: 2 } as const;

describe('what a client waits for', () => {
  let now = 0;
  const open = (): PendingRequests => {
    now = 1000;
    return new PendingRequests(() => now);
  };

  it('is nothing before the first request', () => {
    assert.equal(open().describe(), undefined);
  });

  it('is the request that waits longest, without what is secret in its URL', () => {
    const pending = open();
    pending.begin(put);
    now += 30_000;
    pending.begin(get);
    now += 1500;
    const shown = 'PUT https://r.example/v2/a/manifests/t?_state=***';
    assert.equal(pending.describe(), `it waited for ${shown}, for 31.5 s, and for 1 more`);
  });

  it('is the pause before another attempt', () => {
    const pending = open();
    const end = pending.pause(get);
    now += 2000;
    const shown = 'GET https://r.example/v2/a/manifests/t';
    assert.equal(pending.describe(), `it waited 2.0 s to send ${shown} again, attempt 2`);
    end();
    assert.equal(pending.describe(), undefined);
  });

  it('is, between requests, none: the last is named with its answer', () => {
    const pending = open();
    pending.begin(get)(404);
    const shown = 'GET https://r.example/v2/a/manifests/t';
    assert.equal(pending.describe(), `no request was under way, and the last was ${shown}: HTTP 404`);
    pending.begin(get)(undefined);
    assert.equal(pending.describe(), `no request was under way, and the last was ${shown}: no answer`);
  });
});
