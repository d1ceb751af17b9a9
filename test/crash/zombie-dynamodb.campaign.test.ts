import { transactionalZombies } from './suites/zombies-on.suite.js';

transactionalZombies('dynamodb', 'locks nothing');
