/** Tasks: what waits for an officer. */
export { createTasksEffects, createTasksFlows } from './flow-tasks.js';
export { closeTask, createTasksReads, openTask, openTasks, type TasksReads } from './store.js';
export type { NewTask, Task, TaskKind } from './model.js';
