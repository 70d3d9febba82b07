import { MAX_TOPICS, MAX_TTL, type TokenRequest } from '../auth/token-request.js';
import { IsList } from './rules/lists.js';
import { MayBeAbsent } from './rules/may-be-absent.js';
import { IsWhole } from './rules/numbers.js';
import { AreTopics, IsId } from './rules/texts.js';

/** Body of `POST /v1/tokens`: whom a client token is for. */
export class TokenRequestDto implements TokenRequest {
  @IsId()
  user!: string;

  @MayBeAbsent()
  @IsId()
  device?: string;

  /** Seconds, 30 days at most; the issuer may allow less. */
  @MayBeAbsent()
  @IsWhole({ min: 1, max: MAX_TTL })
  ttl?: number;

  /** Topics the client may follow: exact names, or `news.*`. */
  @MayBeAbsent()
  @IsList({ max: MAX_TOPICS })
  @AreTopics()
  topics?: string[];
}
