/// Pipelines: what flows through a line of processes, written as one expression. Begin with [dev.parley.csp.pipeline.Pipeline].
package dev.parley.csp.pipeline;
