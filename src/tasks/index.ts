/** Tasks: what waits for an officer. */
export { createTasksEffects, createTasksFlows } from './flow-tasks.js';
export { closeTask, createTasksReads, findTaskText, openTask, openTasks, type TasksReads } from './store.js';
export { succeedTasks } from './succession.js';
export type { NewTask, Task, TaskKind } from './model.js';
