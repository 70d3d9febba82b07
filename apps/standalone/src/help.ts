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
  PUSH_DATABASE_URL          sqlite:./data/push.db   or postgres://…, mysql://…, mariadb://…, memory:
  PUSH_DATABASE_CONNECTIONS  10                      at most, of this process
  PUSH_DATABASE_WAIT_MS      15000                   how long a database that is not there yet is waited for
  PUSH_BROKER_URL            unset                   amqp://… or amqps://…: RabbitMQ joins the nodes
  PUSH_BROKER_STARTUP        degraded                without a broker: start without it, wait, or fail
  PUSH_BROKER_PREFIX         push.                   names of exchanges and queues begin with it
  PUSH_INGRESS               on, with a broker       off: takes no publishes from the broker
  PUSH_ADMIN_KEY             made at first start     32 to 256 characters
  PUSH_ENCRYPTION_KEYS       a file, with SQLite     comma list of id:base64 of 32 bytes: seal what is secret
  PUSH_ROLES                 api,gateway,worker      what this process does; one or more
  PUSH_NODE_ID               random                  different on every node
  PUSH_ALLOWED_ORIGINS       same origin only        comma list of scheme://host[:port]
  PUSH_TRUSTED_PROXIES       unset: none             comma list of addresses, CIDR blocks, loopback, private
  PUSH_SOCKETIO              on                      or off: Socket.IO at /socket.io, namespace /push
  PUSH_METRICS, PUSH_CONSOLE on                      or off
  PUSH_CONSOLE_PASSWORD      made at first start     of person admin, who signs in to the console; 12 characters or more
  PUSH_CONSOLE_TOTP          optional                required: a password alone is not enough
  PUSH_PUBLIC_URL            unset                   https://host where a proxy makes the server known
  PUSH_OIDC_ISSUER           unset                   people may sign in there; with PUSH_OIDC_CLIENT_ID and PUSH_PUBLIC_URL
  PUSH_OIDC_CLIENT_ID        unset                   what the server is called there
  PUSH_OIDC_CLIENT_SECRET    unset                   its secret there
  PUSH_OIDC_ROLES            unset: nobody new       claim=value:role,…: who may sign in as what
  PUSH_METRICS_TOKEN         unset: /metrics is open "Authorization: Bearer …" of who reads the metrics
  PUSH_LOG_LEVEL             info                    fatal, error, warn, info, debug, trace, silent
  PUSH_LOG_FORMAT            plain                   or ecs: names of the Elastic Common Schema
  PUSH_LOG_USERS             plain                   or pseudonym: users have other names in the log
  PUSH_LOG_PSEUDONYM_KEY     made at each start      16 to 256 characters: the same pseudonyms on every node
  PUSH_METRICS_TENANTS       off                     on: a label tenant on metrics that are counted by tenant
  PUSH_TRACING               off                     on: spans for the OpenTelemetry SDK this process runs with
  PUSH_ALARM_WEBHOOK         unset: nobody is told   https://…: is sent what goes wrong, and that it is over
  PUSH_ALARM_SECRET          unset: not signed       whsec_ and base64 of 24 to 64 bytes: signs what is sent
  PUSH_EGRESS_ALLOW          public https hosts only comma list of host:port or CIDR blocks to call beside them
  PUSH_LIMIT_...             the engine's            such as PUSH_LIMIT_CONNECTIONS_PER_USER

The first start prints the keys, once. SIGTERM or Ctrl-C ends it in good order.
docs/configuration.md says more.
`;
