import { Injectable } from '@nestjs/common';

@Injectable()
export class AccountService {
  private readonly users = new Map([
    ['ann-secret', 'ann'],
    ['bob-secret', 'bob'],
  ]);

  userOf(token: unknown): string | undefined {
    return this.users.get(String(token));
  }
}
