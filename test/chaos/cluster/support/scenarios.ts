export interface Scenario {
  readonly id: string;
  readonly name: string;
  /** What is done. */
  readonly fault: string;
  /** What must hold beside the checker's zeros. */
  readonly holds: string;
}

/** In the order of the page. */
export const SCENARIOS: readonly Scenario[] = [
  {
    id: 'R1',
    name: 'a gateway is killed',
    fault: 'Two of three nodes end with kill -9, one after the other.',
    holds: 'Their clients are back on another node, with what they missed, within 5 s (p99).',
  },
  {
    id: 'R2',
    name: 'the broker is killed',
    fault: 'The only RabbitMQ ends with kill -9 and is started again.',
    holds: 'Publishes are accepted all the while; nothing is owed 30 s after it is back; no node grows by 50 MB.',
  },
  {
    id: 'R3',
    name: 'one of three brokers is killed',
    fault: 'Of a RabbitMQ of three nodes the leader ends with kill -9, later a follower.',
    holds: 'No pause of more than 3 s in delivery.',
  },
  {
    id: 'R4',
    name: 'the broker hangs',
    fault: 'RabbitMQ is stopped with SIGSTOP for half a minute: its sockets stay, it answers nothing.',
    holds:
      'It is noticed within 15 s; publishes are accepted all the while; one connection and one consumer a node afterwards.',
  },
  {
    id: 'R5',
    name: 'the broker raises an alarm',
    fault: 'RabbitMQ blocks its publishers, for memory and then for disk.',
    holds: 'The nodes say so within a second; publishes are accepted all the while.',
  },
  {
    id: 'R6',
    name: 'PostgreSQL is killed',
    fault: 'PostgreSQL and all its processes end with kill -9 and are started again.',
    holds:
      'No node ends; publishes are refused as retryable, never hang, and are accepted again within 5 s of its return.',
  },
  {
    id: 'R6',
    name: 'PostgreSQL answers before it writes',
    fault:
      'The same, with a PostgreSQL that is configured with `synchronous_commit = off`, which loses rows of others then.',
    holds: 'The store asks for durable commits in its own sessions, and loses none.',
  },
  {
    id: 'R6',
    name: 'MariaDB is killed',
    fault: 'MariaDB ends with kill -9 and is started again.',
    holds:
      'No node ends; publishes are refused as retryable, never hang, and are accepted again within 5 s of its return.',
  },
  {
    id: 'R7',
    name: 'the disk of PostgreSQL is full',
    fault: 'PostgreSQL runs out of its 120 MB, and gets more.',
    holds: 'Refused as retryable; no message reaches only some of its users; accepted again once there is room.',
  },
  {
    id: 'R7',
    name: 'the disk of SQLite is full',
    fault: 'The SQLite file runs out of its 6 MB, and gets more.',
    holds:
      'Refused with STORE_FULL; no message reaches only some of its users; the file is sound; accepted again once there is room.',
  },
  {
    id: 'R8',
    name: 'a server on SQLite is killed 50 times',
    fault: 'One server on a SQLite file ends with kill -9 at random moments.',
    holds: 'The file is sound each time.',
  },
  {
    id: 'R9',
    name: 'a network between nodes and broker breaks',
    fault:
      'Packets between the nodes and RabbitMQ vanish: both ways, then towards the nodes only, then on and off every second.',
    holds: 'Afterwards each node has one connection again.',
  },
  {
    id: 'R14',
    name: 'all nodes are restarted in turn',
    fault: 'SIGTERM to one node after the other, each started again.',
    holds: 'Exit code 0 within 10 s; clients are told to go elsewhere.',
  },
  {
    id: 'R14',
    name: 'a node is told to end',
    fault: 'SIGTERM to the only node, and publishes that arrive for it over RabbitMQ from 100 ms after that on.',
    holds:
      'None of them is taken; all are delivered after its next start; WebSockets are told to come back, each at a time of its own.',
  },
  {
    id: 'R14',
    name: 'nodes end at awkward times',
    fault: 'SIGTERM twice; SIGTERM while the broker is down.',
    holds: 'Exit code 0 within 10 s.',
  },
  {
    id: 'R15',
    name: 'clocks are wrong',
    fault: 'One node’s clock jumps 2 h ahead, 2 h back and drifts; then those of all nodes jump.',
    holds: 'No mass expiry, nobody is sent away for an expired token, no lease is lost.',
  },
  {
    id: 'R15',
    name: 'the database’s clock is wrong',
    fault: 'The same, with a PostgreSQL whose clock is five minutes behind.',
    holds: 'As above.',
  },
  {
    id: 'R19',
    name: 'a server on SQLite dies at every step',
    fault: 'The server ends at each step of a message’s way in turn, and is started again.',
    holds: 'Each message is shown once, whatever the step.',
  },
  {
    id: 'R19',
    name: 'a node of a cluster dies at every step',
    fault: 'One of two nodes ends at each step of a message’s way in turn, and is started again.',
    holds: 'Each message is shown once, whatever the step.',
  },
];
