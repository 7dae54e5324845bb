/**
 * The commands, one a class. They put sinks and engines together; what they start stands in the
 * modules below.
 */
package dev.terse.cli.command;
