"use strict";
// Loaded first: a connection beyond loopback fails, as in the tests in Python.
const net = require("node:net");

const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...given) {
  const [{ host = "localhost" }] = Array.isArray(given[0]) ? given[0] : net._normalizeArgs(given);
  if (!["127.0.0.1", "localhost"].includes(host)) {
    throw new Error(`a test tried to reach ${host}, beyond loopback`);
  }
  return connect.apply(this, given);
};
