import { createInterface } from 'node:readline/promises';
import { CliError, misuse } from '../cli-error.js';
import { pairs, type Output } from '../output.js';
import { segment, type ServerCall } from '../server-call.js';

interface Erased {
  readonly erased: Readonly<Record<string, number>>;
  readonly finished: boolean;
}

export async function eraseUser(id: string, yes: boolean, server: ServerCall, output: Output): Promise<void> {
  if (!yes) await mustSayAgain(`user ${id}`, id);
  show(`user ${id}`, await server.call<Erased>('DELETE', `/v1/users/${segment(id)}`), output);
}

export async function eraseTenant(id: string, yes: boolean, server: ServerCall, output: Output): Promise<void> {
  if (!yes) await mustSayAgain(`tenant ${id}, its users and messages`, id);
  const path = `/v1/tenants/${segment(id)}`;
  show(`tenant ${id}`, await server.call<Erased>('DELETE', path, undefined, { confirm: id }), output);
}

/** Nothing brings back what is erased, so whoever asks for it names it twice. */
async function mustSayAgain(what: string, id: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw misuse('--yes', `is missing; what is erased does not come back, so say --yes for ${what}`);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const said = await asking.question(`This erases ${what}, for ever. Its name once more: `);
    if (said.trim() !== id) throw new CliError(`Nothing was erased: that is not ${id}`);
  } finally {
    asking.close();
  }
}

function show(what: string, answer: Erased, output: Output): void {
  output.document(answer, () => `${what} is erased.\n${pairs(answer.erased)}`.trimEnd());
  if (!answer.finished) output.note('It goes on at the server; the same command again says how far it is');
}
