import { plainZombies, sharedZombies } from './suites/zombies-on.suite.js';

sharedZombies('postgres', 'locks');
plainZombies('postgres');
