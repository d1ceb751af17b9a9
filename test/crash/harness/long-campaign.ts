/** True for `npm run test:races`: as many rounds and kills as one likes; the normal run keeps its 15 minutes. */
export const longCampaign = process.env.FLAMINGOCK_TEST_RACES === 'long';
