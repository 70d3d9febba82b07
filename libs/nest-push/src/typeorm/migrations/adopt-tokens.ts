import { tokenDigest, type ProviderToken } from 'push-core';
import type { QueryRunner } from 'typeorm';

/** Devices read at a time. */
const PAGE = 500;

interface DeviceRow {
  readonly tenant: string;
  readonly user: string;
  readonly device: string;
  readonly tokens: string;
  readonly updated_at: string | number;
}

/**
 * Gives the tokens of devices that were there before tokens had owners to them: of two devices with the same one, to the
 * one that was put last. A digest no database can make itself, so it is made here.
 */
export async function adoptTokens(
  queryRunner: QueryRunner,
  sql: {
    /** Columns of devices after one (tenant, user, device), and how many at most, in that order. */
    readonly devices: string;
    /** Fields: tenant, digest, user, device, registered at. A newer one stands. */
    readonly adopt: string;
  },
): Promise<void> {
  for (let after = ['', '', '']; ;) {
    const page = (await queryRunner.query(sql.devices, [...after, PAGE])) as DeviceRow[];
    for (const { tenant, user, device, tokens, updated_at } of page) {
      for (const token of JSON.parse(tokens) as ProviderToken[])
        await queryRunner.query(sql.adopt, [tenant, tokenDigest(token), user, device, Number(updated_at)]);
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = [last.tenant, last.user, last.device];
  }
}
