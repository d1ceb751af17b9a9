/** True for `npm run test:campaign`: every row on every database, and all rounds. The normal run keeps its 15 minutes. */
export const longCampaign = process.env.FLAMINGOCK_TEST_CAMPAIGN === 'long';
