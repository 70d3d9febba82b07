import { BadRequestException, Body, Controller, Inject, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { instanceToPlain, plainToInstance } from 'class-transformer';
import type { AddressInfo } from 'node:net';
import {
  createMemoryStore,
  type Audience,
  type DeviceName,
  type DeviceRegistration,
  type InboxQuery,
  type MarkRequest,
  type Notification,
  type Preferences,
  type ProviderToken,
  type PublishInput,
  type PublishOptions,
  type PublishResult,
} from 'push-core';
import type { TokenRequest } from '../auth/token-request.js';
import { PushModule } from '../push.module.js';
import { PushService } from '../push.service.js';
import * as dto from './index.js';

const pipe = new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true });
const through = (type: new () => object, value: unknown, one = pipe): Promise<object> =>
  one.transform(value, { type: 'body', metatype: type }) as Promise<object>;
const complaints = async (promise: Promise<unknown>): Promise<string[]> => {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (!(error instanceof BadRequestException)) throw new Error('Nothing was refused', { cause: error });
  return (error.getResponse() as { message: string[] }).message;
};

/** Compiles where a DTO is what the engine takes. */
export const assignable = (): unknown[] => {
  const publish: PublishInput = new dto.PublishDto();
  const to: Audience = new dto.AudienceDto();
  const except: Audience['except'] = new dto.ExceptionsDto();
  const device: DeviceName = new dto.DeviceRefDto();
  const notification: Notification = new dto.NotificationDto();
  const options: PublishOptions = new dto.PublishOptionsDto();
  const offline: PublishOptions['offline'] = new dto.OfflineOptionsDto();
  const registration: DeviceRegistration = new dto.DeviceDto();
  const token: ProviderToken = new dto.ProviderTokenDto();
  const ack: MarkRequest = new dto.AckDto();
  const read: MarkRequest = new dto.ReadDto();
  const preferences: Preferences = new dto.PreferencesDto();
  const quietHours: Preferences['quietHours'] = new dto.QuietHoursDto();
  const request: TokenRequest = new dto.TokenRequestDto();
  const query: InboxQuery = new dto.InboxQueryDto();
  const users: readonly string[] = new dto.SubscribersDto().users;
  // And nothing of the engine's is missing in a DTO.
  const names: [
    keyof PublishInput extends keyof dto.PublishDto ? true : never,
    keyof Audience extends keyof dto.AudienceDto ? true : never,
    keyof Notification extends keyof dto.NotificationDto ? true : never,
    keyof PublishOptions extends keyof dto.PublishOptionsDto ? true : never,
    keyof DeviceRegistration extends keyof dto.DeviceDto ? true : never,
    keyof Preferences extends keyof dto.PreferencesDto ? true : never,
    keyof TokenRequest extends keyof dto.TokenRequestDto ? true : never,
    keyof InboxQuery extends keyof dto.InboxQueryDto ? true : never,
  ] = [true, true, true, true, true, true, true, true];
  return [
    ...[publish, to, except, device, notification, options, offline, registration, token, ack, read, preferences],
    ...[quietHours, request, query, users, names],
  ];
};

describe('under ValidationPipe', () => {
  it.each([
    ['PublishDto', dto.PublishDto, { to: {}, type: 'x', extra: 1 }, 'property extra should not exist'],
    ['PublishDto', dto.PublishDto, { to: { user: 'u1' }, type: 'x' }, 'to.property user should not exist'],
    [
      'PublishDto',
      dto.PublishDto,
      { to: { devices: [{ user: 'u', device: 'd', x: 1 }] }, type: 'x' },
      'to.devices.0.property x should not exist',
    ],
    ['DeviceDto', dto.DeviceDto, { platform: 'ios', os: 'x' }, 'property os should not exist'],
    ['InboxQueryDto', dto.InboxQueryDto, { page: '1' }, 'property page should not exist'],
  ])('%s refuses an unknown field, wherever it stands', async (_, type, value, said) => {
    expect(await complaints(through(type, value))).toEqual([said]);
  });

  it('says what a field must be', async () => {
    expect(
      await complaints(through(dto.PublishDto, { to: { users: ['a b'] }, type: '', options: { ttl: 0 } })),
    ).toEqual([
      'to.users must be a list of ids: 1–128 characters, no white space, no control characters',
      'type must be 1–128 characters, no white space, no control characters',
      'options.ttl must not be less than 1',
    ]);
  });

  it('makes instances, all the way down, with data as it came', async () => {
    const data = { list: [1, { deep: [null, true] }], text: '5' };
    const made = await through(dto.PublishDto, { to: { devices: [{ user: 'u', device: 'd' }] }, type: 'x', data });
    expect(made).toBeInstanceOf(dto.PublishDto);
    expect((made as dto.PublishDto).to.devices?.[0]).toBeInstanceOf(dto.DeviceRefDto);
    expect((made as dto.PublishDto).data).toEqual(data);
    expect(instanceToPlain(made)).toEqual({ to: { devices: [{ user: 'u', device: 'd' }] }, type: 'x', data });
  });

  it('reads numbers of a query, and nowhere else', async () => {
    expect(await through(dto.InboxQueryDto, { after: '5', limit: '10' })).toMatchObject({ after: 5, limit: 10 });
    const lenient = new ValidationPipe({ transform: true, transformOptions: { enableImplicitConversion: true } });
    const publish = { to: { all: 'yes' }, type: 7, options: { ttl: '5' } };
    expect(await complaints(through(dto.PublishDto, publish, lenient))).toEqual(
      expect.arrayContaining([
        'to.all must be a boolean value',
        expect.stringMatching(/^type must be/),
        'options.ttl must be an integer number',
      ]),
    );
  });

  it('takes data whatever its names are: nothing of it is a call', () => {
    const data = JSON.parse('{"constructor":{"x":1},"toString":2,"then":3,"__proto__":{"admin":true}}') as object;
    const made = plainToInstance(dto.PublishDto, { to: {}, type: 'x', data });
    expect(made.data).toBe(data);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

it('drops fields that every object has a name for, where it knows the fields: they are refused nowhere, and taken nowhere', async () => {
  const odd = JSON.parse('{"to":{"constructor":1},"type":"x","__proto__":{"admin":1},"toString":1}') as object;
  expect(await through(dto.PublishDto, odd)).toEqual(plainToInstance(dto.PublishDto, { to: {}, type: 'x' }));
});

it('a controller of the host hands its body to PushService as it is', async () => {
  @Controller()
  class MessagesController {
    constructor(@Inject(PushService) private readonly push: PushService) {}
    @Post('messages')
    publish(@Body() body: dto.PublishDto): Promise<PublishResult> {
      return this.push.publish({ ...body, idempotencyKey: 'k1' });
    }
    @Post('devices')
    put(@Body() body: dto.DeviceDto): Promise<unknown> {
      return this.push.putDevice({ user: 'u1', device: 'd1' }, body);
    }
  }
  class AppModule {}
  const imports = [PushModule.forRoot({ store: createMemoryStore() })];
  Module({ imports, controllers: [MessagesController] })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false });
  try {
    app.useGlobalPipes(pipe);
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
    const post = async (path: string, body: unknown) => {
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch(`http://127.0.0.1:${port}/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return { status: answer.status, ...((await answer.json()) as object) };
    };
    const message = { to: { users: ['u1'] }, type: 'hello', data: { x: [1] } };
    expect(await post('messages', message)).toMatchObject({ status: 201, duplicate: false });
    // What a DTO adds says nothing: it is the same message.
    const push = app.get(PushService);
    expect(await push.publish({ ...message, idempotencyKey: 'k1' })).toMatchObject({ duplicate: true });
    expect(await push.inbox('u1')).toMatchObject({ entries: [{ type: 'hello', data: { x: [1] } }] });
    expect(await post('messages', { ...message, sender: 'x' })).toMatchObject({ status: 400 });
    expect(await post('devices', { platform: 'ios' })).toMatchObject({ status: 201 });
    expect(await push.devices('u1')).toMatchObject([{ device: 'd1', platform: 'ios', tokens: [] }]);
  } finally {
    await app.close();
  }
});
