import { Inject } from '@nestjs/common';
import type { Device, DeviceRegistration, Push } from 'push-core';
import { PUSH } from '../../tokens.js';
import type { Principal } from '../api-authenticator.js';
import { Caller, CheckedInput, type Input } from '../metadata.js';
import { devicesOperation, putDeviceOperation, removeDeviceOperation } from '../openapi/device.operations.js';
import { PushController, Route } from '../route.js';

type ShownDevice = Omit<Device, 'tenant'>;

@PushController()
export class DevicesController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @Route(putDeviceOperation)
  async put(
    @Caller() { tenant }: Principal,
    @CheckedInput() { params, body }: Input<DeviceRegistration>,
  ): Promise<ShownDevice> {
    return shown(await this.push.putDevice({ tenant, user: params.user!, device: params.device! }, body));
  }

  @Route(removeDeviceOperation)
  async remove(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<void> {
    await this.push.removeDevice({ tenant, user: params.user!, device: params.device! });
  }

  @Route(devicesOperation)
  async list(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<{ devices: ShownDevice[] }> {
    return { devices: (await this.push.devices(tenant, params.user!)).map(shown) };
  }
}

function shown(device: Device): ShownDevice {
  const { tenant: _tenant, ...rest } = device;
  return rest;
}
