import { createJwtTokens } from 'nest-push';

const secret = new TextEncoder().encode(process.env.CHAT_SECRET ?? 'for development only: 32 bytes or more');

export const tokens = createJwtTokens({ secretOf: () => Promise.resolve(secret) });
