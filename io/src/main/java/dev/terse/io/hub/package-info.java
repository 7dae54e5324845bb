/**
 * Names of the Hugging Face hub: what one looks like, where its files may lie on this machine, how
 * to get them. Nothing here opens a connection.
 */
package dev.terse.io.hub;
