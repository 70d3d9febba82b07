/** Requests to the operating system that end by themselves, as Node names them; open sockets and timers are none. */
const ENDING = /^(FSReq|CloseReq|GetAddrInfoReq|GetNameInfoReq|TCPConnect|PipeConnect)/;

/** Whether the process is waiting for a file or a look-up. A reply from another machine cannot be told from silence. */
export const isBusyOutside = (): boolean => process.getActiveResourcesInfo().some((kind) => ENDING.test(kind));
