/** What a person does about a change that no rule can decide. */
export function guidanceFor(changeId: string, targetSystem: string): string[] {
  return [
    `look at the target system '${targetSystem}': is change '${changeId}' in effect there?`,
    `then say so, in a process that boots without running changes (FLAMINGOCK_ON_BOOTSTRAP=skip):`,
    `if it is: flamingock.resolve('${changeId}', 'applied', { reason: '…' }), and the next run skips it`,
    `if it is not, or you removed what it left: flamingock.resolve('${changeId}', 'rolled-back', { reason: '…' }), and the next run applies it`,
    `to let the next runs decide by themselves, give it a @Verify, or recovery: 'always-retry' if doing it twice does no harm`,
  ];
}
