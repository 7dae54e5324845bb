/** Commands that look at a run, a model or results and train nothing. */
package dev.terse.cli.command.check;
