export { attachMqtt } from './attach.js';
export { attachMqttWebSocket } from './attach-web-socket.js';
export type { MqttOptions, MqttSettings, MqttWebSocketOptions } from './options.js';
export type { MqttPacketLibrary } from './packet-library.js';
