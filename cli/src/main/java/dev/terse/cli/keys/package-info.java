/**
 * The keys of all commands together: what {@code --help} tells of them, and which command has one.
 */
package dev.terse.cli.keys;
