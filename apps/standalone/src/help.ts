export const HELP = `nest-push: durable, ordered, acknowledged push messages

  npm start                  or: node apps/standalone/dist/main.js

Options
  --help                     this text
  --version                  the version

Environment                  default
  PUSH_HOST                  127.0.0.1               address to listen on
  PUSH_PORT                  7400                    port; 0 takes any free one
  PUSH_MQTT_PORT             unset: no MQTT          port to listen on for MQTT; also at /v1/mqtt over WebSocket
  PUSH_MQTT_HOST             that of PUSH_HOST       address to listen on for MQTT
  PUSH_DATABASE_URL          sqlite:./data/push.db   or memory:
  PUSH_BROKER_URL            unset                   not in this version
  PUSH_ADMIN_KEY             made at first start     32 to 256 characters
  PUSH_ROLES                 api,gateway,worker      only all of them in this version
  PUSH_NODE_ID               random
  PUSH_ALLOWED_ORIGINS       same origin only        comma list of scheme://host[:port]
  PUSH_SOCKETIO              on                      or off: Socket.IO at /socket.io, namespace /push
  PUSH_METRICS, PUSH_CONSOLE on                      or off
  PUSH_LOG_LEVEL             info                    fatal, error, warn, info, debug, trace, silent
  PUSH_EGRESS_ALLOW          empty                   comma list of host:port or CIDR blocks
  PUSH_LIMIT_...             the engine's            such as PUSH_LIMIT_CONNECTIONS_PER_USER

The first start prints the keys, once. SIGTERM or Ctrl-C ends it in good order.
docs/configuration.md says more.
`;
