import type { DeviceName } from 'push-core';
import { IsId } from './rules/texts.js';

/** A device, named inside `to`. */
export class DeviceRefDto implements DeviceName {
  @IsId()
  user!: string;

  @IsId()
  device!: string;
}
