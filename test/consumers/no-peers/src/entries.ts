// Entries that need no other package until something of theirs is asked for.
export * as http from 'nest-push/http';
export * as ingress from 'nest-push/ingress';
export * as metrics from 'nest-push/metrics';
export * as rabbitmq from 'nest-push/rabbitmq';
export * as adopt from 'push-core/adopt';
export * as mqtt from 'push-core/mqtt';
export * as overHttp from 'push-core/http';
export * as providers from 'push-core/providers';
export * as socketio from 'push-core/socketio';
export * as websocket from 'push-core/websocket';
export * as wire from 'push-core/wire';
