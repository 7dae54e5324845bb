/** Commands that make data out of models. */
package dev.terse.cli.command.data;
