/** Commands that bring a model to where people use it. */
package dev.terse.cli.command.deploy;
