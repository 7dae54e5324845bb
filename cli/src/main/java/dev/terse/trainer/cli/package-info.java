/**
 * The main class by the name that users write on their command lines; nothing else may come here.
 */
package dev.terse.trainer.cli;
