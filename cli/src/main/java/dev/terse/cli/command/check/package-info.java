/** Commands that look at a run, a model or a machine and train nothing. */
package dev.terse.cli.command.check;
