import { transactionalZombies } from './suites/zombies-on.suite.js';

transactionalZombies('patient-mongodb', 'locks nothing');
