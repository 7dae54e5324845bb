/** Completions that have been judged: their rewards, their advantages, and what is told of them. */
package dev.terse.trainer.grpo.episode;
