/** Requests off the network and replies onto it: limits, rights, streams, hang-ups. */
package dev.terse.serve.http;
