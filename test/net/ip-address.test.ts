import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { describe, test } from 'node:test';
import { type AddressKind, classifyAddress, isInBlock, isLoopbackHost } from '../../src/net/ip-address.ts';
import { fc } from '../support/fast-check.ts';

const KINDS: Readonly<Record<AddressKind, readonly string[]>> = {
  forbidden: [
    '169.254.169.254',
    '169.254.0.0',
    '169.254.255.255',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    'fe80::1',
    'febf::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '[fd00:ec2::254]',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
  ],
  private: [
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0.1.2.3',
    '100.64.0.1',
    '100.127.255.255',
    '192.0.0.8',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '[::1]',
    'fc00::1',
    'fdff::1',
    'fec0::1',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:c0a8:101::1',
  ],
  public: [
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '223.255.255.255',
    '2606:4700::1111',
    'a00::1', // Begins with the byte of 10.0.0.0/8, and is none of it.
    '7f00::1',
    '2002:808:808::1',
    '64:ff9b::808:808',
    '2001:4860:4860::8888',
  ],
};

describe('classifyAddress', () => {
  for (const kind of ['forbidden', 'private', 'public'] as const) {
    for (const address of KINDS[kind]) {
      test(`${address} is ${kind}`, () => assert.equal(classifyAddress(address), kind));
    }
  }

  for (const name of [
    'ghcr.io',
    'localhost',
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '::g',
    '[::1',
    '10.0.0.1/8',
    '1::2::3',
    ':1',
    '1:2:3:4:5:6:7',
    '1.2.3.4::',
    '::1.2.3',
    '01.2.3.4',
  ]) {
    test(`${JSON.stringify(name)} is no address`, () => assert.equal(classifyAddress(name), undefined));
  }

  test('an IPv4 address is of the same kind inside an IPv6 one', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        assert.equal(classifyAddress(`::ffff:${address}`), classifyAddress(address));
      }),
    );
  });

  test('what is an address and what is none agrees with node:net', () => {
    const almost = fc.string({ unit: fc.constantFrom(...'::::....0123456789abcdfg1'), maxLength: 20 });
    const spliced = fc
      .tuple(fc.ipV6(), fc.nat(30), almost)
      .map(([ip, at, extra]) => ip.slice(0, at) + extra.slice(0, 3));
    fc.assert(
      fc.property(fc.oneof(fc.ipV4Extended(), fc.ipV4(), fc.ipV6(), almost, spliced), (text) => {
        assert.equal(classifyAddress(text) !== undefined, isIP(text) !== 0);
      }),
      { numRuns: 2000 },
    );
  });

  test('every IPv6 address has a kind', () => {
    fc.assert(fc.property(fc.ipV6(), (address) => assert.notEqual(classifyAddress(address), undefined)));
  });
});

describe('isLoopbackHost', () => {
  for (const host of [
    'localhost',
    'LOCALHOST',
    'a.localhost',
    'localhost.',
    '127.0.0.1',
    '127.9.9.9',
    '[::1]',
    '::1',
    '::ffff:127.0.0.1',
  ]) {
    test(`${host} is`, () => assert.equal(isLoopbackHost(host), true));
  }
  for (const host of ['localhost.example', 'notlocalhost', '128.0.0.1', '10.0.0.1', '::2', '0.0.0.0', '']) {
    test(`${JSON.stringify(host)} is not`, () => assert.equal(isLoopbackHost(host), false));
  }
});

describe('isInBlock', () => {
  for (const [address, block, expected] of [
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '10.1.2.3/32', true],
    ['10.1.2.4', '10.1.2.3/32', false],
    ['10.1.2.3', '0.0.0.0/0', true],
    ['172.20.1.1', '172.16.0.0/12', true],
    ['172.32.1.1', '172.16.0.0/12', false],
    ['fd00::1', 'fd00::/8', true],
    ['fd00::1', '10.0.0.0/8', false],
    ['10.1.2.3', '10.0.0.0/33', false],
    ['10.1.2.3', '10.0.0.0', false],
    ['10.1.2.3', '10.0.0.0/x', false],
    ['ghcr.io', '10.0.0.0/8', false],
  ] as const) {
    test(`${address} in ${block}: ${expected}`, () => assert.equal(isInBlock(address, block), expected));
  }
});
