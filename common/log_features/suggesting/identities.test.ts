import type { LogDocument } from '../../log_document';
import { suggestFeatures } from '..';
import { areIdentities } from './identities';

it.each([
  ['userIdentity.principalId', ['AIDA1874707170'], true],
  ['requestID', ['2DFF50E161FDFD73'], true],
  ['userIdentity.arn', ['arn:aws:iam::418273650912:user/c.vogt'], true],
  ['sourceIPAddress', ['93.1.26.49', '10.0.0.7', 'backup.amazonaws.com'], true],
  ['x_forwarded_for', ['93.1.26.49, 10.0.0.7', '2001:db8::1', '[::1]:8080'], true],
  ['dns.question.name', ['shop.example.com', 'a.b.example'], false],
  ['paid', ['in two parts'], false],
  ['took', ['12:30:07 of 13:00'], false],
])('takes %s of %j for identities: %s', (field, texts, expected) => {
  expect(areIdentities(field, texts)).toBe(expected);
});

it('looks at no length and characters of ids, ARNs and addresses, and leaves their places to other fields', () => {
  const logs: LogDocument[] = Array.from({ length: 400 }, (_none, row) => {
    const session = (row * 7_919).toString(36);
    return {
      requestID: `${row % 2 === 0 ? 'A-' : ''}${(row * 104_729).toString(16)}-${session}`,
      userIdentity: {
        principalId: `AROA13321577${row % 3 === 0 ? '' : '80'}:${session}`,
        arn: `arn:aws:sts::418273650912:assumed-role/eks-node/${session}`,
      },
      sourceIPAddress: row % 9 === 0 ? 'lambda.amazonaws.com' : `93.${row % 200}.26.${(row * 7) % 251}`,
      query: `${session}.${(row * 104_729).toString(36)}.example.com`,
      outcome: row % 4 === 0 ? 'denied' : 'done',
    };
  });
  const fields = suggestFeatures(logs, { timestampField: '@timestamp' }).map(
    ({ definition: { field } }) => field,
  );
  expect([...new Set(fields)].sort()).toEqual(['outcome', 'query']);
});
