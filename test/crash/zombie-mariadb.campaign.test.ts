import { plainZombies, transactionalZombies } from './suites/zombies-on.suite.js';

transactionalZombies('mariadb', 'locks');
plainZombies('mariadb');
