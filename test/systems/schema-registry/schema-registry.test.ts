// One file for jest, so that Nest and the client library are loaded once.
import './contract.suite.js';
import './registering.suite.js';
import './faults.suite.js';
import './nest-app.suite.js';
