/** The command that serves models. */
package dev.terse.cli.command.serve;
