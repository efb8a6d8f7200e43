import { registerHooks } from 'node:module';

// the package's JSON imports lack the attribute that Node asks for; it is made to be bundled
registerHooks({
  load: (url, context, next) =>
    url.endsWith('.min.json') ? next(url, { ...context, importAttributes: { type: 'json' } }) : next(url, context),
});

const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await import('@actions/workflow-parser');
const { parseAction } = await import('@actions/workflow-parser/actions/action-parser');
const { ErrorPolicy } = await import('@actions/workflow-parser/model/convert');

/** What GitHub's own parser finds wrong with a workflow: its schema first, then what the parts of it mean. */
export async function workflowProblems(name: string, content: string): Promise<readonly string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const problems = context.errors.getErrors().map(({ message }) => message);
  if (value === undefined) return problems;
  const template = await convertWorkflowTemplate(context, value, undefined, {
    errorPolicy: ErrorPolicy.TryConversion,
    fetchReusableWorkflowDepth: 0,
  });
  return [...new Set([...problems, ...(template.errors ?? []).map(({ Message }) => Message)])];
}

/** What it finds wrong with an action.yml. */
export function actionProblems(name: string, content: string): readonly string[] {
  const { context } = parseAction({ name, content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}
